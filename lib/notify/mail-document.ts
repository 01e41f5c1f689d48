import { stripVTControlCharacters } from 'node:util';
import type { MailText } from './mail.ts';

/** The content of a mail before it becomes plain text and HTML. */
export interface MailDocument {
  readonly subject: string;
  readonly headline: string;
  readonly blocks: readonly MailBlock[];
}

export type MailBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | { readonly kind: 'list'; readonly title: string; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly title: string; readonly lines: readonly string[] };

/** Renders a document; empty lists and codes are left out. */
export function renderMail(document: MailDocument): MailText {
  const blocks = document.blocks.filter(hasContent);
  const headline = oneLine(document.headline, MAX_HEADLINE);
  return {
    subject: oneLine(document.subject, MAX_SUBJECT),
    text: cleanText([headline, ...blocks.map(blockText)].join('\n\n')) + '\n',
    html: cleanText(
      HEAD +
        `<h1 style="${H1}">${escapeHtml(headline)}</h1>` +
        blocks.map(blockHtml).join('') +
        TAIL,
    ),
  };
}

/** The document with every text in it masked: a secret is whole here, and neither cut off nor escaped. */
export function maskDocument(document: MailDocument, mask: (text: string) => string): MailDocument {
  return {
    subject: mask(document.subject),
    headline: mask(document.headline),
    blocks: document.blocks.map((block) => maskBlock(block, mask)),
  };
}

function maskBlock(block: MailBlock, mask: (text: string) => string): MailBlock {
  switch (block.kind) {
    case 'text':
      return { ...block, text: mask(block.text) };
    case 'facts':
      return { ...block, rows: block.rows.map(([label, value]) => [label, mask(value)]) };
    case 'list':
      return { ...block, items: block.items.map(mask) };
    case 'code':
      return { ...block, title: mask(block.title), lines: block.lines.map(mask) };
  }
}

/** A text that can stand in a header: one line, no control or invisible characters, at most `length` characters. */
export function oneLine(text: string, length: number): string {
  const line = stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .trim();
  const characters = Array.from(line.slice(0, 4 * length));
  return characters.length <= length
    ? characters.join('')
    : characters.slice(0, length - 1).join('') + '…';
}

const MAX_SUBJECT = 150;
const MAX_HEADLINE = 300;

// Colours come from the reader's own theme: a white page at night hurts.
const HEAD =
  '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
  '<meta name="color-scheme" content="light dark"></head>' +
  '<body style="margin:0;padding:16px;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere">';
const TAIL = '</body></html>\n';
const H1 = 'font-size:20px;line-height:1.3;margin:0 0 16px';
const H2 = 'font-size:16px;margin:20px 0 6px';
const PRE =
  'white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.45 ui-monospace,monospace;' +
  'background:rgba(128,128,128,.15);padding:10px;border-radius:6px;margin:0';

function hasContent(block: MailBlock): boolean {
  if (block.kind === 'text') return block.text !== '';
  if (block.kind === 'facts') return block.rows.length > 0;
  return (block.kind === 'list' ? block.items : block.lines).length > 0;
}

function blockText(block: MailBlock): string {
  switch (block.kind) {
    case 'text':
      return block.text;
    case 'facts':
      return block.rows.map(([label, value]) => `${label}: ${value}`).join('\n');
    case 'list':
      return [`${block.title}:`, ...block.items.map((item) => `- ${item}`)].join('\n');
    case 'code':
      return [`${block.title}:`, ...block.lines.map((line) => `  ${line}`)].join('\n');
  }
}

function blockHtml(block: MailBlock): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escapeHtml(block.text).replaceAll('\n', '<br>')}</p>`;
    case 'facts':
      return `<p>${block.rows.map(([label, value]) => `<b>${escapeHtml(label)}:</b> ${escapeHtml(value)}`).join('<br>')}</p>`;
    case 'list':
      return `${title(block)}<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
    case 'code':
      return `${title(block)}<pre style="${PRE}">${escapeHtml(block.lines.join('\n'))}</pre>`;
  }
}

function title(block: { readonly title: string }): string {
  return `<h2 style="${H2}">${escapeHtml(block.title)}</h2>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

// Colours of a terminal and control characters mean nothing in a mail, and some mail programs stop at them.
function cleanText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\p{Cs}]/gu, '\ufffd');
}
