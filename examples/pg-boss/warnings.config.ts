/** With warnings kept, here those of a backlog: more than one job that waits is one. */
import { variant } from './variant.ts';

export default variant('warnings', { persistWarnings: true, warningQueueSize: 1 });
