import { beSmall } from './memory';

// Before anything else is loaded, so that loading is small too.
beSmall();
