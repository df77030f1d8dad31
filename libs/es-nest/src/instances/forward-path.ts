/** Where instances take what others hand over; nobody else's business, and so not in the OpenAPI document. */
export const FORWARD_PATH = '/internal/commands';
export const TOKEN_HEADER = 'x-instance-token';
