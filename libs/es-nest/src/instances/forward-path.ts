/** Where instances take what others hand over; nobody else's business, and so not in the OpenAPI document. */
export const FORWARD_PATH = '/internal/commands';
/** Of a request: when it was sent, its nonce, and the proof of both and of the body. Of its answer: the proof of that. */
export const PROOF_HEADER = 'x-instance-proof';
/** A type of its own: the body is proved before it is parsed. */
export const FORWARD_TYPE = 'application/vnd.ledgerline.commands+json';
