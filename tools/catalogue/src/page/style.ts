/** Nothing is loaded from anywhere: system fonts, and the colours that the reader's system asks for. */
export const style = `
:root { color-scheme: light dark; --ground: #fbfaf7; --card: #ffffff; --ink: #1c2126; --quiet: #5d6872; --line: #dedbd3;
  --accent: #0b6b61; --tint: #e6f1ee; --warm: #8a4b08; --warm-tint: #f8ecdc; --rose: #9b2242; --rose-tint: #f9e6eb; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181b; --card: #1b2024; --ink: #e4e8ea; --quiet: #98a4ad; --line: #30383e;
  --accent: #6fcabb; --tint: #1d322f; --warm: #e8b06a; --warm-tint: #35291a; --rose: #f096ad; --rose-tint: #3a1f28; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 2px; }
code, pre, .name { font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace; font-size: .875em; }
.page { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 86rem; margin: 0 auto; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 2rem 1rem 2rem 1.5rem; font-size: .875rem; }
nav h2 { margin: 1.25rem 0 .25rem; font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--quiet); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: .1rem .5rem; border-radius: .25rem; text-decoration: none; color: inherit; overflow-wrap: anywhere; }
nav li a:hover { background: var(--tint); }
input[type="search"] { width: 100%; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .375rem; background: var(--card); color: inherit; font: inherit; }
main { padding: 2rem 1.5rem 6rem; min-width: 0; }
h1 { margin: 0 0 .5rem; font-size: 1.75rem; line-height: 1.2; }
main > section > h2 { margin: 3rem 0 .25rem; font-size: 1.3rem; }
.lead { max-width: 46rem; color: var(--quiet); }
article { margin: 1rem 0; padding: 1.1rem 1.25rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
article:target { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
article h3 { margin: 0; font-size: 1.05rem; display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: baseline; }
article h3 a { color: inherit; text-decoration: none; }
article > p { margin: .35rem 0 0; max-width: 46rem; }
.tag { font: 500 .75rem/1.6 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; padding: 0 .45rem; border-radius: .25rem; background: var(--tint); color: var(--accent); white-space: nowrap; }
.tag.process { background: var(--warm-tint); color: var(--warm); }
.tag.personal { background: var(--rose-tint); color: var(--rose); }
dl { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: .3rem 1rem; margin: .8rem 0 0; font-size: .9375rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
dd ul { margin: 0; padding: 0; list-style: none; }
.scroll { overflow-x: auto; margin-top: .9rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th { text-align: left; font-weight: 500; color: var(--quiet); }
th, td { padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; }
td:first-child { white-space: nowrap; width: 32%; } td:nth-child(2) { width: 26%; }
.quiet { color: var(--quiet); }
details { margin-top: .8rem; font-size: .9375rem; }
summary { cursor: pointer; color: var(--accent); }
pre { margin: .5rem 0 0; padding: .75rem 1rem; overflow-x: auto; background: var(--ground); border: 1px solid var(--line); border-radius: .375rem; line-height: 1.45; }
[hidden] { display: none !important; }
@media (max-width: 60rem) { .page { display: block; } nav { position: static; max-height: none; padding: 1.5rem 1.5rem 0; } nav details:not([open]) ul { display: none; }
  main { padding-top: 1rem; } dl { grid-template-columns: 1fr; gap: 0; } dt { margin-top: .4rem; } }
@media print { nav { display: none; } .page { display: block; } article { break-inside: avoid; } }
`;

/** Adds a field that hides what does not contain its text; without it the page is whole. */
export const script = `
const field = document.createElement('input');
field.type = 'search';
field.placeholder = 'Filter';
field.setAttribute('aria-label', 'Filter events and commands');
document.querySelector('nav').prepend(field);
const entries = [...document.querySelectorAll('article')].map((article) => ({
  article, link: document.querySelector('nav a[href$="#' + article.id + '"]')?.parentElement, text: article.textContent.toLowerCase(),
}));
field.addEventListener('input', () => {
  const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const { article, link, text } of entries) {
    const isHidden = !words.every((word) => text.includes(word));
    article.hidden = isHidden;
    if (link) link.hidden = isHidden;
  }
});
`;
