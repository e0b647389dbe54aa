/** Creates the tables that Mastra needs, or what is missing of them: what it does itself on first use. */
import { storeOf } from './stores.ts';

const storage = storeOf();
await storage.init();
await storage.close();
