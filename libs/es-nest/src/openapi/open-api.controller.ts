import { Controller, Get, Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { ApiRoute } from './api-route.js';

/** The service's description; given once the application is made, because it is made from it. */
@Injectable()
export class OpenApiDocument {
  #make: (() => OpenAPIObject) | undefined;
  #made: OpenAPIObject | undefined;

  makeWith(make: () => OpenAPIObject): void {
    this.#make = make;
  }

  get document(): OpenAPIObject {
    this.#made ??= this.#make?.();
    if (!this.#made) throw new Error('nobody said how the document is made');
    return this.#made;
  }
}

@Controller()
export class OpenApiController {
  constructor(private readonly holder: OpenApiDocument) {}

  @Get('openapi.json')
  @ApiRoute({ summary: 'This document', answers: { 200: z.looseObject({}) } })
  document(): OpenAPIObject {
    return this.holder.document;
  }
}
