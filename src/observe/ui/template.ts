/** templates/ui.html: the page around the parts that lbex renders, and the policy that allows its own style and script only. */
import {createHash} from 'node:crypto'
import {html, type Part} from './html.js'

export type Template = {
  readonly render: (values: Readonly<Record<Placeholder, Part>>) => string
  /** The value of Content-Security-Policy. */
  readonly policy: string
}

type Placeholder = 'title' | 'version' | 'skip' | 'body'

/** `text`: of templates/ui.html. */
export function parseTemplate(text: string): Template {
  const parts = text.split(/\{\{ (title|version|skip|body) \}\}/)
  return {
    render: (values) =>
      parts
        .map((part, index) => (index % 2 === 0 ? part : html`${values[part as Placeholder]}`.text))
        .join(''),
    policy: policyFor(text),
  }
}

/** https://www.w3.org/TR/CSP3/#external-hash: the hash of an inline element allows this element and no other. */
function policyFor(text: string): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(text, 'style')}`,
    `script-src ${hashOf(text, 'script')}`,
    'img-src data:',
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function hashOf(text: string, element: 'style' | 'script'): string {
  const content = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(text)?.[1] ?? ''
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`
}
