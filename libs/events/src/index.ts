export {
  type CartCheckedOut,
  cartCheckedOutV1,
  type CartEvent,
  cartEvents,
  type ItemAddedToCart,
  type QuantityChanged,
} from './cart.events.js';
export { type Contact, contactAnswer, contactField, contactV1 } from './contact.js';
export { isCurrency, minorDigits } from './currencies.js';
export {
  addressField,
  contactLineField,
  countryField,
  currencyField,
  dayField,
  descriptionField,
  emailField,
  idField,
  limits,
  quantityField,
  reasonField,
  recordedCountryField,
  skuField,
  timeField,
  unitPriceAmountField,
  unitPriceField,
  UNSPECIFIED_COUNTRY,
} from './fields.js';
export { keyText } from './key-text.js';
export { canonicalPrice, compareAmounts, isZero, lineAmount, minus, type Money, plus, sumOf, zero } from './money.js';
export { type OrderLine, orderLineV1, priced, type UnpricedLine } from './order-line.js';
export {
  type OrderCancelled,
  type OrderConfirmed,
  type OrderCreated,
  orderCreatedV1,
  orderCreatedV2,
  type OrderEvent,
  orderEvents,
  type ReturnAccepted,
  returnAcceptedV1,
  type ReturnReleased,
} from './order.events.js';
export {
  type PaymentAttempted,
  type PaymentCancelled,
  type PaymentDeclined,
  type PaymentEvent,
  paymentEvents,
  type PaymentExpired,
  type PaymentProcessed,
  type PaymentRefunded,
  type PaymentRequested,
  type RefundPaidOut,
  type RefundReason,
} from './payment.events.js';
export { opened, personal, personalField } from './personal.js';
export {
  amountsLeft,
  amountsLess,
  amountsOf,
  type PricedGoods,
  type ProductAmounts,
  productAmountsV1,
  sumOfAmounts,
} from './product-amounts.js';
export { returnEvents, type ReturnRegistered } from './return.events.js';
export {
  storedAmount,
  storedCountry,
  storedCurrency,
  storedId,
  storedLineId,
  storedMoney,
  storedQuantity,
  storedSku,
  storedText,
  storedTime,
} from './stored-fields.js';
export { type PersonalDataForgotten, subjectEvents } from './subject.events.js';
export { ordersCommands, type OrdersEvent, ordersTopicEvents, paymentsCommands } from './topics.js';
