import type { CommandEntry, Consumer, EventEntry, Sender } from '../catalogue.js';
import { type FieldRow, fieldRows } from './field-rows.js';
import { type Html, joined, markup, nothing, prose } from './markup.js';

export const eventId = (name: string): string => `event-${name}`;
export const commandId = (name: string): string => `command-${name}`;

export const eventLink = (name: string): Html => markup`<a class="name" href="#${eventId(name)}">${name}</a>`;
const commandLink = (name: string): Html => markup`<a class="name" href="#${commandId(name)}">${name}</a>`;

export const eventArticle = (event: EventEntry): Html => {
  const { name, description, service, category, versions, commands, consumers, example } = event;
  const [today, ...older] = versions;
  const schemas = versions.map(({ storedName }) => markup`<a href="schemas/${storedName}.json">${storedName}</a>`);
  return markup`<article id="${eventId(name)}">
<h3>${eventLink(name)}<span class="tag">${today?.storedName ?? ''}</span></h3>
${paragraph(description)}<dl>
${fact('Recorded by', markup`${service}, in streams <code>${category}-&lt;id&gt;</code>`)}
${fact('Follows from', joined(commands.map(commandLink), ', '))}
${fact('Consumed by', consumers.length === 0 ? quiet('nobody') : list(consumers.map(consumerLine)))}
${fact('Schema', joined(schemas, ', '))}
</dl>
${fieldTable(today ? fieldRows(today.schema) : [])}
${older.map(olderShape)}<details><summary>Example</summary><pre>${JSON.stringify(example, undefined, 2)}</pre></details>
</article>
`;
};

const olderShape = ({ storedName, schema }: EventEntry['versions'][number]): Html =>
  markup`<details><summary>As it was stored once: ${storedName}</summary>${fieldTable(fieldRows(schema))}</details>
`;

export const commandArticle = (command: CommandEntry): Html => {
  const { name, description, service, category, isPublic, schema, rules, senders, rejections, events } = command;
  const rows = fieldRows(schema).map((row) => withRule(row, rules));
  const kind = isPublic
    ? markup`<span class="tag">public</span>`
    : markup`<span class="tag process">of the process</span>`;
  const then = command.rejectionConsumers;
  return markup`<article id="${commandId(name)}">
<h3>${commandLink(name)}${kind}</h3>
${paragraph(description)}<dl>
${fact('Decided by', markup`${service}, for <code>${category}-&lt;id&gt;</code>`)}
${fact('Sent by', list(senders.map((sender) => senderLine(sender, isPublic))))}
${fact('Records', events.length === 0 ? quiet('nothing') : joined(events.map(eventLink), ' or '))}
${rejections.length === 0 ? nothing : fact('Rejected with', list(rejections.map(rejectionLine)))}
${then.length === 0 ? nothing : fact('When rejected', list(then.map(consumerLine)))}
</dl>
${rows.length === 0 ? markup`<p class="quiet">No fields.</p>` : fieldTable(rows)}
</article>
`;
};

const quiet = (text: string): Html => markup`<span class="quiet">${text}</span>`;

const paragraph = (text: string): Html => (text === '' ? nothing : markup`<p>${prose(text)}</p>\n`);

const fact = (name: string, value: Html): Html => markup`<dt>${name}</dt><dd>${value}</dd>`;

const list = (items: readonly Html[]): Html => markup`<ul>${items}</ul>`;

const rejectionLine = ({ code, reason }: CommandEntry['rejections'][number]): Html =>
  markup`<li><code>${code}</code> ${quiet(reason)}</li>`;

const consumerLine = ({ service, name, kind, sends }: Consumer): Html => {
  const label = { 'read-model': 'read model ', deadline: 'deadline of ', reactor: '' }[kind];
  const what = markup`${label}<code>${name}</code>`;
  const then = sends.length === 0 ? nothing : markup` → ${joined(sends.map(commandLink), ', ')}`;
  return markup`<li>${service}: ${what}${then}</li>`;
};

/** What is not public is sent in the course of something that is. */
const senderLine = ({ service, by, kind }: Sender, isPublic: boolean): Html => {
  switch (kind) {
    case 'http':
      return markup`<li><code>${by}</code> ${quiet(`on ${service}${isPublic ? '' : ', as a step of it'}`)}</li>`;
    case 'message':
      return isPublic
        ? markup`<li>other services, over Kafka <code>${by}</code></li>`
        : markup`<li>${service}, as a step of a command from <code>${by}</code></li>`;
    case 'event':
      return markup`<li>${service}, because of ${eventLink(by)}</li>`;
    case 'rejection':
      return markup`<li>${service}, because ${commandLink(by.replace(/Rejected$/, ''))} was rejected</li>`;
    case 'deadline':
      return markup`<li>${service}, at the time that ${eventLink(by)} sets</li>`;
  }
};

interface Row extends FieldRow {
  readonly rule?: string;
}

const withRule = (row: FieldRow, rules: ReadonlyMap<string, string>): Row => ({
  ...row,
  rule: rules.get(row.path) ?? '',
});

const fieldTable = (rows: readonly Row[]): Html => markup`<div class="scroll"><table>
<thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead>
<tbody>
${rows.map(fieldRow)}</tbody></table></div>`;

const fieldRow = ({ path, type, isOptional, isPersonal, description, rule = '' }: Row): Html => {
  const marks = [
    ...(isOptional ? [quiet('optional')] : []),
    ...(isPersonal ? [markup`<span class="tag personal">personal</span>`] : []),
  ];
  const meaning = prose([description, rule].filter((text) => text !== '').join(' '));
  return markup`<tr><td>${joined([markup`<code>${path}</code>`, ...marks], ' ')}</td><td>${type}</td><td>${meaning}</td></tr>
`;
};
