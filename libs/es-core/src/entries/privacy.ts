export { PersonalData, type SealedCommand } from '../privacy/personal-data.js';
export {
  mayHoldSealed,
  type Personal,
  type Sealed,
  SEALED_FORM,
  sealedOf,
  type Unsealed,
} from '../privacy/personal.js';
export { SubjectForgotten } from '../privacy/privacy.errors.js';
export { SubjectKeys } from '../privacy/subject-keys.js';
