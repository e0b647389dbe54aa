/** As pg-boss is by default: instances are registered; statistics and warnings are not kept. */
import { variant } from './variant.ts';

export default variant('default', {});
