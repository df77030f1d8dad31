export { RehearsedStore } from '../rehearsal/rehearsed-store.js';
export {
  type RehearsedReactions,
  type RehearsedSource,
  rehearseTopic,
  type TopicRehearsal,
} from '../rehearsal/topic-rehearsal.js';
