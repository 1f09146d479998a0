export * from './document';
export * from './requests';
