import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { ServiceDefinition } from '../service-definition.js';
import { z } from 'zod';
import { jsonSchema } from './api-route.js';

/** The OpenAPI document of everything that the application routes. */
export const describeService = (app: INestApplication, { name, description }: ServiceDefinition): OpenAPIObject =>
  SwaggerModule.createDocument(
    app,
    new DocumentBuilder().setTitle(name).setDescription(description).setVersion('0.1.0').build(),
    {
      standardSchemaConverter: (schema) => (schema instanceof z.ZodType ? { schema: inputSchema(schema) } : undefined),
    },
  );

const inputSchema = (schema: z.ZodType): unknown => jsonSchema(schema);
