import { Injectable } from '@nestjs/common';

/** Stands for the company that brings the parcels: it answers who signed, and knows the key of a delivery that it has made before. */
@Injectable()
export class Courier {
  deliver(_key: string, carrier: string): Promise<string> {
    return Promise.resolve(`neighbour, by ${carrier}`);
  }
}
