/**
 * Label selectors, as kubectl takes them with -l:
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
import {quote} from '../diagnostics/rule.js'

type Labels = Readonly<Record<string, string>>

/** Whether an object with these labels matches; an object without labels has none. */
export type LabelSelector = (labels: Labels | undefined) => boolean

type Requirement = (value: string | undefined) => boolean

const NAME = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?'
const DOMAIN = '[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?'
const KEY = `((?:${DOMAIN}/)?${NAME})`
const VALUE = `((?:${NAME})?)`

const EXISTS = new RegExp(`^(!?)\\s*${KEY}$`)
const EQUALS = new RegExp(`^${KEY}\\s*(!=|==?)\\s*${VALUE}$`)
const IS_IN = new RegExp(`^${KEY}\\s+(in|notin)\\s*\\(([^()]*)\\)$`)
const WHOLE_VALUE = new RegExp(`^${VALUE}$`)

/** Requirements with commas between them, of which all must hold. Returns a sentence if the selector is not valid. */
export function parseLabelSelector(text: string): LabelSelector | string {
  const requirements: {key: string; holds: Requirement}[] = []
  for (const part of text.trim() === '' ? [] : partsOf(text)) {
    const requirement = parseRequirement(part)
    if (!requirement)
      return `${quote(part)} is not a valid label selector; write KEY=VALUE, KEY!=VALUE, KEY in (A,B), KEY notin (A,B), KEY or !KEY`
    requirements.push(requirement)
  }
  return (labels = {}) =>
    requirements.every(({key, holds}) => holds(Object.hasOwn(labels, key) ? labels[key] : undefined))
}

/** Splits at commas outside of parentheses. */
function partsOf(text: string): string[] {
  return text.split(/,(?![^()]*\))/).map((part) => part.trim())
}

/** As in Kubernetes, `!=` and `notin` also match objects without the label. */
function parseRequirement(text: string): {key: string; holds: Requirement} | undefined {
  const [, not, existing] = EXISTS.exec(text) ?? []
  if (existing !== undefined)
    return {key: existing, holds: (value) => (value === undefined) === (not === '!')}
  const [, equal, operator, wanted] = EQUALS.exec(text) ?? []
  if (equal !== undefined) return {key: equal, holds: (value) => (value === wanted) === (operator !== '!=')}
  const [, key, set, list = ''] = IS_IN.exec(text) ?? []
  const values = list.split(',').map((value) => value.trim())
  if (key === undefined || !values.every((value) => WHOLE_VALUE.test(value))) return undefined
  const wantedValues = new Set<string | undefined>(values)
  return {key, holds: (value) => wantedValues.has(value) === (set === 'in')}
}
