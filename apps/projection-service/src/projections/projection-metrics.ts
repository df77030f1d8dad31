import { partitionKey } from '@ledgerline/es-core';
import { Metrics } from '@ledgerline/es-nest';
import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { ReadModels } from '../read-models/read-models.js';

const LABELS = ['projection', 'topic', 'partition'];

/** How far each projection has come, and how far it is behind; looked up when somebody asks. */
@Injectable()
export class ProjectionMetrics {
  constructor({ registry }: Metrics, readModels: ReadModels) {
    const gauge = (name: string, help: string, collect?: () => Promise<void>): Gauge =>
      new Gauge({ name: `ledgerline_projection_${name}`, help, labelNames: LABELS, registers: [registry], collect });
    const refused = gauge('refused', 'Records that did not count since the service started');
    const lag = gauge('lag', 'Records that count and were not applied yet');
    gauge('ordinal', 'How many records were applied', async function (this: Gauge) {
      if (readModels.all.length === 0) return;
      const heads = await readModels.heads();
      for (const { name, status } of readModels.all.map((model) => ({ name: model.name, status: model.status() })))
        for (const one of status) {
          const labels = { projection: name, topic: one.topic, partition: String(one.partition) };
          const head = heads.get(partitionKey(one.topic, one.partition));
          this.set(labels, one.ordinal);
          refused.set(labels, one.refused);
          if (head !== undefined) lag.set(labels, Math.max(0, head - one.ordinal));
        }
    });
  }
}
