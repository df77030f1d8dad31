export { ORDER_SERVICE, orderService } from './order-service.js';
