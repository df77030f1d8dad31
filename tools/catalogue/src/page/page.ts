import type { Catalogue, CommandEntry, EventEntry, Service } from '../catalogue.js';
import { commandArticle, commandId, eventArticle, eventId, eventLink } from './entries.js';
import { Html, joined, markup, nothing } from './markup.js';
import { script, style } from './style.js';

/** One file that needs nothing else: to be opened from the disk, or put on any server. */
export const page = (catalogue: Catalogue): string => {
  const { services, events, commands, version } = catalogue;
  const owners = services.filter(({ topic }) => topic !== undefined);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Events and commands · Ledgerline ${version}</title>
<style>${new Html(style)}</style>
</head>
<body>
<div class="page">
<nav aria-label="Contents">
${owners.map((service) => contents(service, catalogue))}</nav>
<main>
<h1>Events and commands</h1>
<p class="lead">${events.length} events that ${owners.length} services record for ever, and the ${commands.length} commands that
they follow from. Made from the schemas and the code of Ledgerline ${version}. For tools: <a href="asyncapi.json">AsyncAPI 3</a>,
and a JSON Schema of each event as it is stored.</p>
<section id="services"><h2>Services</h2>
${services.map((service) => serviceArticle(service, catalogue))}</section>
${owners.map((service) => section(service, catalogue))}</main>
</div>
<script>${new Html(script)}</script>
</body>
</html>
`.text;
};

const eventsOf = ({ topic }: Service, { events }: Catalogue): readonly EventEntry[] =>
  events.filter((event) => event.topic === topic);

const commandsOf = ({ name }: Service, { commands }: Catalogue): readonly CommandEntry[] =>
  commands.filter(({ service }) => service === name);

const contents = (service: Service, catalogue: Catalogue): Html => markup`<h2>Events in ${service.topic ?? ''}</h2>
<ul>${eventsOf(service, catalogue).map(({ name }) => markup`<li><a href="#${eventId(name)}">${name}</a></li>`)}</ul>
<h2>Commands of ${service.name}</h2>
<ul>${commandsOf(service, catalogue).map(({ name }) => markup`<li><a href="#${commandId(name)}">${name}</a></li>`)}</ul>
`;

const section = (service: Service, catalogue: Catalogue): Html => markup`<section>
<h2>Events in <span class="name">${service.topic ?? ''}</span></h2>
<p class="lead">Recorded by ${service.name}.</p>
${eventsOf(service, catalogue).map(eventArticle)}</section>
<section>
<h2>Commands of ${service.name}</h2>
${commandsOf(service, catalogue).map(commandArticle)}</section>
`;

const serviceArticle = (service: Service, catalogue: Catalogue): Html => {
  const { topic, commandTopic, name, description } = service;
  const consumed = catalogue.events.filter(({ consumers }) => consumers.some((one) => one.service === name));
  const recorded = links(eventsOf(service, catalogue));
  return markup`<article id="service-${name}">
<h3>${name}</h3>
<p>${description}</p>
<dl>
${topic === undefined ? nothing : markup`<dt>Records</dt><dd><code>${topic}</code>: ${recorded}</dd>`}
<dt>Consumes</dt><dd>${consumed.length === 0 ? markup`<span class="quiet">nothing</span>` : links(consumed)}</dd>
${commandTopic === undefined ? nothing : markup`<dt>Takes commands</dt><dd>over HTTP, and from <code>${commandTopic}</code></dd>`}
</dl>
</article>
`;
};

const links = (events: readonly EventEntry[]): Html =>
  joined(
    events.map(({ name }) => eventLink(name)),
    ', ',
  );
