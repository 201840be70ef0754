import { inFrame } from '../../course.mjs';

export default { load: inFrame };
