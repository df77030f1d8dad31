export { ServicePersonalData } from '../personal/service-personal-data.js';
