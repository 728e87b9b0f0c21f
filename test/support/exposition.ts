/**
 * Reads the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/), and finds what
 * `promtool check metrics` would find (https://prometheus.io/docs/practices/naming/).
 */

export type Sample = {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export type Family = {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly Sample[]
}

const HELP = /^# HELP ([a-z_:][\w:]*) (\S.*)$/
const TYPE = /^# TYPE ([a-z_:][\w:]*) (counter|gauge|histogram)$/
/** prom-client writes `Nan`; Prometheus reads a number in any case. */
const SAMPLE =
  /^([a-z_:][\w:]*)(?:\{((?:[a-z_]\w*="(?:[^"\\]|\\[\\n"])*"(?:,(?!\}))?)*)\})? ([+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|Na[Nn])$/
const LABEL = /([a-z_]\w*)="((?:[^"\\]|\\[\\n"])*)"/g
const HISTOGRAM_PART = /_(?:bucket|sum|count)$/

/** Throws for a line that is none, for HELP or TYPE that is missing or late, and for a series that is there twice. */
export function parseExposition(text: string): Family[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const families: {name: string; type: string; help: string; samples: Sample[]}[] = []
  const series = new Set<string>()
  let help: RegExpExecArray | null = null
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const type = TYPE.exec(line)
    if (HELP.test(line)) help = HELP.exec(line)
    else if (type) families.push(newFamily(type, help))
    else newest(families, line).samples.push(parseSample(line, newest(families, line), series))
  }
  const names = families.map(({name}) => name)
  if (new Set(names).size < names.length) throw new Error('a metric is there twice')
  return families
}

function newest<T>(families: readonly T[], line: string): T {
  const family = families.at(-1)
  if (!family) throw new Error(`no TYPE before ${line}`)
  return family
}

function newFamily([, name = '', type = '']: RegExpExecArray, help: RegExpExecArray | null) {
  if (help?.[1] !== name) throw new Error(`no HELP before the TYPE of ${name}`)
  return {name, type, help: help[2] ?? '', samples: []}
}

function parseSample(line: string, family: Family, series: Set<string>): Sample {
  const match = SAMPLE.exec(line)
  if (!match) throw new Error(`no line of the format: ${line}`)
  const [, name = '', labels = '', value = ''] = match
  const owner = family.type === 'histogram' ? name.replace(HISTOGRAM_PART, '') : name
  if (owner !== family.name) throw new Error(`no TYPE before ${line}`)
  const entries = [...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, text] as const).sort()
  const id = JSON.stringify([name, entries])
  if (series.has(id)) throw new Error(`there twice: ${id}`)
  series.add(id)
  return {name, labels: Object.fromEntries(entries), value: Number(value.replace('Inf', 'Infinity'))}
}

/** Value of one series; undefined if it is absent. */
export function valueOf(
  families: readonly Family[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = JSON.stringify(Object.entries(labels).sort())
  return families
    .flatMap(({samples}) => samples)
    .find((sample) => sample.name === name && JSON.stringify(Object.entries(sample.labels)) === wanted)?.value
}

/** What is wrong with the names. */
export function lint(families: readonly Family[]): string[] {
  return families.flatMap(({name, type, help, samples}) => {
    const problems = [
      /_total$/.test(name) !== (type === 'counter') && 'counters, and only they, end in _total',
      type !== 'histogram' && HISTOGRAM_PART.test(name) && 'ends like a part of a histogram',
      NO_BASE_UNIT.test(name) && 'is not in a base unit',
      type === 'histogram' && !/_(?:seconds|bytes)$/.test(name) && 'has no unit',
      /[A-Z]|__|(?:^|_)(?:counter|gauge|histogram)(?:_|$)/.test(name) && 'is not a good name',
      !help.endsWith('.') && 'its help is no sentence',
      type === 'histogram' && !isComplete(samples) && 'has buckets that do not add up',
    ]
    return problems.flatMap((problem) => (problem ? [`${name}: ${problem}`] : []))
  })
}

const NO_BASE_UNIT =
  /_(?:milliseconds|ms|microseconds|nanoseconds|minutes|hours|kilobytes|megabytes|percent)(?:_|$)/

/** In each histogram the counts only grow, and the last is that of all. */
function isComplete(samples: readonly Sample[]): boolean {
  const counts = samples.filter(({name}) => name.endsWith('_count'))
  return counts.every((count) => {
    const others = JSON.stringify(count.labels)
    const buckets = samples.filter(({name, labels: {le, ...rest}}) => {
      return name.endsWith('_bucket') && le !== undefined && JSON.stringify(rest) === others
    })
    const values = buckets.map(({value}) => value)
    const grow = values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0))
    return grow && buckets.at(-1)?.labels['le'] === '+Inf' && values.at(-1) === count.value
  })
}
