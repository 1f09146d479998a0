export * from './admin';
export * from './catalogue';
export * from './deployments';
export * from './errors';
export * from './inference';
export * from './results';
export * from './runs';
export * from './service';
