import { z } from 'zod';
import { addressField, contactLineField, emailField } from './fields.js';
import { opened, personal, personalField } from './personal.js';
import { storedText } from './stored-fields.js';

const ofCustomer = { subject: 'customerId' } as const;

/** How the customer is reached about the order. */
export const contactV1 = z.object({
  name: personal(storedText, ofCustomer),
  email: personal(storedText, ofCustomer).optional(),
  /** Its lines. */
  address: personal(z.array(storedText), ofCustomer).optional(),
});

export type Contact = z.output<typeof contactV1>;

/** The contact in a command. */
export const contactField = z.strictObject(
  {
    name: personalField(contactLineField),
    email: personalField(emailField).optional(),
    address: personalField(addressField).optional(),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'must be an object { name, email?, address? }' : undefined) },
);

/** The contact in an answer. */
export const contactAnswer = z.object({
  name: opened(z.string()),
  email: opened(z.string()).optional(),
  address: opened(z.array(z.string())).optional(),
});
