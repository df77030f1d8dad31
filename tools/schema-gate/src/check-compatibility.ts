import { checkCompatibility } from './gate.js';
import { runGate } from './run-gate.js';

runGate(checkCompatibility);
