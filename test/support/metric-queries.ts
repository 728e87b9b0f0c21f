/** Finds metrics, labels and values in queries of Prometheus that do not exist. */
import {METRICS, type MetricDefinition} from '../../src/controller/metrics/catalogue.js'
import {CODES} from '../../src/diagnostics/catalogue.js'
import {TRAFFIC_METRICS} from '../../src/observe/traffic/catalogue.js'

const definitions: readonly MetricDefinition[] = Object.values({...METRICS, ...TRAFFIC_METRICS})

/** `lbex_services{state!="served"}`; the braces may be missing. */
const SELECTOR = /(?<![:\w])(lbex_\w+)(?:\{([^}]*)\})?/g
const MATCHER = /(\w+)(=~|!~|!=|=)"([^"]*)"/g

/** What Prometheus adds, and variables of a dashboard. */
const TARGET_LABELS = ['instance', 'job']
const VARIABLE = /^\$\w+$/

/** A sentence for each problem of the query. */
export function queryProblems(expr: string): string[] {
  return [...expr.matchAll(SELECTOR)].flatMap(([, name = '', matchers = '']) => {
    const definition = definitions.find((each) => isNameOf(each, name))
    if (!definition) return [`there is no metric ${name}`]
    return [...matchers.matchAll(MATCHER)].flatMap(([, label = '', operator = '', value = '']) =>
      (operator.endsWith('~') ? value.split('|') : [value]).flatMap((each) =>
        problemWith(definition, label, each),
      ),
    )
  })
}

/** A query names a histogram by its parts. */
function isNameOf({name, type}: MetricDefinition, asked: string): boolean {
  return type === 'histogram'
    ? ['bucket', 'sum', 'count'].some((part) => asked === `${name}_${part}`)
    : asked === name
}

function problemWith(
  {name, type, labels = {}, buckets}: MetricDefinition,
  label: string,
  value: string,
): string[] {
  if (TARGET_LABELS.includes(label)) return []
  if (type === 'histogram' && label === 'le')
    return buckets?.includes(Number(value)) ? [] : [`${name} has no bucket ${value}`]
  const values = labels[label]
  if (values === undefined) return [`${name} has no label ${label}`]
  const known = label === 'code' ? CODES : Object.keys(values)
  const isKnown = known.includes(value as never) || VARIABLE.test(value)
  return isKnown ? [] : [`${name} has no ${label} ${value}`]
}
