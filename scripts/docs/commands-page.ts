/** What the built lbex says of its commands: the manifest that oclif starts from, and the help texts as a page. */
import {spawnSync} from 'node:child_process'
import {Plugin, type Interfaces} from '@oclif/core'

/** The manifest as it must be committed: made from the commands themselves, not from an earlier manifest. */
export async function commandManifest(root: string): Promise<Interfaces.Manifest> {
  const plugin = new Plugin({
    root,
    type: 'core',
    isRoot: true,
    ignoreManifest: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  return plugin.manifest
}

const INTRODUCTION = `# Commands

Each flag can also be set by an environment variable: \`LBEX_\` and the name of the flag in capitals, with underscores for hyphens.
\`--health-port\` is \`LBEX_HEALTH_PORT\`. The variables of \`lbex gce\` begin with \`LBEX_GCE_\`. The command line takes precedence. In a
variable, the values of a repeatable flag are separated by commas.

Boolean flags accept \`--flag\`, \`--flag=false\` and \`--no-flag\`; their variables accept the values of Go's ParseBool. Durations have
the form \`500ms\`, \`30s\`, \`5m\` or \`12h\`.

Exit codes: 0 success · 1 errors in the manifests · 2 wrong usage · 3 an error of the environment · 70 a bug.
`

/** \`lbex COMMAND --help\` of every command. */
export function commandsPage(root: string, commands: readonly string[]): string {
  const sections = [...commands].sort().map((id) => {
    const words = id.split(':')
    return `## lbex ${words.join(' ')}\n\n\`\`\`text\n${help(root, words)}\n\`\`\`\n`
  })
  return [INTRODUCTION, ...sections].join('\n')
}

function help(root: string, words: readonly string[]): string {
  const {status, stdout, stderr} = spawnSync(process.execPath, [`${root}bin/run.js`, ...words, '--help'], {
    encoding: 'utf8',
    env: {HOME: '/nonexistent', PATH: process.env['PATH'], NO_COLOR: '1', OCLIF_COLUMNS: '100'},
  })
  if (status !== 0) throw new Error(`lbex ${words.join(' ')} --help ends with ${status}:\n${stderr}`)
  return stdout.trimEnd()
}
