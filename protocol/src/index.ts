export * from './admin';
export * from './batches';
export * from './catalogue';
export * from './deployments';
export * from './errors';
export * from './inference';
export * from './runs';
export * from './service';
