import { cartCommands } from './cart/cart.commands.js';
import { orderCommands } from './order/order.commands.js';
import { returnCommands } from './return/return.commands.js';

export { orderService } from './order-service.js';

/** What people and other services may ask: the data of each command by its name. */
export const orderServiceCommands = { ...cartCommands, ...orderCommands, ...returnCommands } as const;
