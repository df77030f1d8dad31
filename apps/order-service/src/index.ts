export { orderService } from './order-service.js';
