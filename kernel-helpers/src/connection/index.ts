export { service, ServiceConnection } from './service';
