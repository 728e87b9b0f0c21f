/** Man pages from the commands' own words (https://man7.org/linux/man-pages/man7/man.7.html). Pure. */
import type {Command, Flag} from '../../src/cli/command-line.js'

/** `version` and `date` (YYYY-MM-DD) stand in the footer. */
export type Edition = {readonly version: string; readonly date: string}

/** By file name: lbex.1, and one for each command. */
export function manPages(commands: readonly Command[], edition: Edition): Record<string, string> {
  const pages = commands.map((command) => [`${pageOf(command)}.1`, commandPage(command, commands, edition)])
  return {'lbex.1': overview(commands, edition), ...(Object.fromEntries(pages) as Record<string, string>)}
}

function overview(commands: readonly Command[], edition: Edition): string {
  return page('lbex', edition, [
    section('Name', 'lbex \\- external load balancer for Kubernetes Services, TCP and UDP, on NGINX'),
    section('Synopsis', `${bold('lbex')} ${italic('command')} [${italic('flags')}]`),
    section(
      'Description',
      text(
        'A Service asks for a load balancer with an annotation. lbex finds out where its traffic has to go,',
      ),
      text('writes an NGINX configuration, has NGINX test it, and confirms that it is the one being served.'),
    ),
    section('Commands', ...commands.map(entryOf)),
    section('Environment', ...ENVIRONMENT),
    section('Exit status', ...EXIT_STATUS),
    section('Files', ...FILES),
    section('See also', commands.map((command) => `${bold(pageOf(command))}(1)`).join(',\n')),
  ])
}

function entryOf(command: Command): string {
  return item(bold(`lbex ${command.words.join(' ')}`), text(command.summary))
}

const ENVIRONMENT = [
  text('Every flag can be set by a variable: LBEX_ and its name in capitals with underscores, so that'),
  text('--health-port is LBEX_HEALTH_PORT. The command line wins. Values of a repeatable flag are separated'),
  text('by commas.'),
]

const EXIT_STATUS = [
  item(bold('0'), 'Fine.'),
  item(bold('1'), 'Errors in the objects that were read.'),
  item(bold('2'), 'Wrong usage.'),
  item(bold('3'), text('Something in the environment failed: no NGINX, no access to the cluster.')),
  item(bold('70'), 'A bug.'),
]

const FILES = [
  item(
    text('/var/lib/lbex/nginx'),
    'Everything of the NGINX that lbex runs, where it runs as root or as a service.',
  ),
  item(text('/etc/default/lbex'), 'Variables of the service.'),
]

function commandPage(command: Command, commands: readonly Command[], edition: Edition): string {
  const name = pageOf(command)
  const others = commands.filter((other) => other !== command).map((other) => `${bold(pageOf(other))}(1)`)
  return page(name, edition, [
    section('Name', `${text(name)} \\- ${text(command.summary.replace(/\.$/, ''))}`),
    section('Synopsis', `${bold('lbex')} ${text(command.usage)}`),
    section('Description', command.description.map(text).join('\n.PP\n')),
    ...groupsOf(command.flags).map(([group, flags]) => section(`${group} flags`, ...flags.map(flagItem))),
    section(
      'Examples',
      command.examples.map((example) => `.nf\n.RS\n${text(example)}\n.RE\n.fi`).join('\n.PP\n'),
    ),
    section('See also', [`${bold('lbex')}(1)`, ...others].join(',\n')),
  ])
}

function groupsOf(flags: readonly Flag[]): [string, Flag[]][] {
  const names = [...new Set(flags.map(({group}) => group))]
  return names.map((name) => [name, flags.filter(({group}) => group === name)])
}

function flagItem(flag: Flag): string {
  const {char, name, value, negatable} = flag
  const long = bold(`--${negatable ? '[no-]' : ''}${name}`) + (value === undefined ? '' : `=${italic(value)}`)
  return item(char === undefined ? long : `${bold(`-${char}`)}, ${long}`, text(sentencesOn(flag)))
}

function sentencesOn({description, fallback, variable}: Flag): string {
  const parts = [
    description,
    ...(fallback === undefined ? [] : [`Default: ${fallback}.`]),
    ...(variable === undefined ? [] : [`Variable: ${variable}.`]),
  ]
  return parts.join(' ')
}

function pageOf({words}: Command): string {
  return ['lbex', ...words].join('-')
}

function page(name: string, {version, date}: Edition, sections: readonly string[]): string {
  const head = `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 ${date} "lbex ${version}" "lbex"`
  return [head, ...sections, ''].join('\n')
}

function section(title: string, ...lines: readonly string[]): string {
  return [`.SH ${title.toUpperCase()}`, ...lines].join('\n')
}

function item(tag: string, description: string): string {
  return `.TP\n${tag}\n${description}`
}

function bold(words: string): string {
  return `\\fB${text(words)}\\fR`
}

function italic(words: string): string {
  return `\\fI${text(words)}\\fR`
}

/** A backslash, a hyphen, and a dot or quote at the start of a line mean something to roff. */
function text(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
}
