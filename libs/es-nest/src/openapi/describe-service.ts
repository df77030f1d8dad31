import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import type { EventSourcingSettings } from '../options/event-sourcing-options.js';
import { OPTIONS } from '../tokens.js';
import { jsonSchema, PROBLEM_SCHEMA, problemSchema } from './api-route.js';

/** The OpenAPI document of everything that the application routes. */
export const describeService = (app: INestApplication): OpenAPIObject => {
  const { service, description } = app.get<EventSourcingSettings>(OPTIONS);
  const about = new DocumentBuilder().setTitle(service).setDescription(description).setVersion('0.1.0').build();
  const document = SwaggerModule.createDocument(app, about, {
    standardSchemaConverter: (schema) => (schema instanceof z.ZodType ? { schema: jsonSchema(schema) } : undefined),
  });
  const schemas = { ...document.components?.schemas, [PROBLEM_SCHEMA]: jsonSchema(problemSchema) };
  return { ...document, components: { ...document.components, schemas } };
};
