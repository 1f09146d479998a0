/** Of this labextension; a test compares it with package.json, which the bundle leaves out. */
export const VERSION = '0.1.0';
