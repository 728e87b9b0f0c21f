/** What becomes of a command line that the docs show: it is run, or there is a reason why not. Either way it is looked at. */
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {globSync} from 'tinyglobby'
import {root} from '../commands/lbex.js'
import {argumentsOfLbex, lbexTrouble, unknownVariable} from './lbex-lines.js'
import type {CommandLine} from './shell.js'

/** Programs that a test may run, as long as they stay in its folder. */
const HARMLESS = new Set([
  'cat',
  'cd',
  'cp',
  'diff',
  'echo',
  'grep',
  'head',
  'jq',
  'mkdir',
  'printf',
  'sort',
  'tail',
])

/** Why a line is not run, by how it begins: the first that fits counts. In brackets is the test that does run it. */
const WHY_NOT: readonly (readonly [begins: string, why: string])[] = [
  ['kubectl', 'needs a cluster [test/deploy/manifests.test.ts]'],
  ['helm', 'needs a cluster [test/deploy/helm.test.ts]'],
  ['docker', 'needs a container engine [test/install/container.test.ts]'],
  ['podman', 'needs a container engine [test/install/container.test.ts]'],
  ['gcloud', 'needs Google Cloud [test/commands/gce.test.ts]'],
  ['sudo', 'changes the machine [test/install/deb.test.ts]'],
  ['apt-get', 'changes the machine [test/install/deb.test.ts]'],
  ['apk', 'changes the machine'],
  ['dnf', 'changes the machine'],
  ['systemctl', 'changes the machine [test/install/deb.test.ts]'],
  ['journalctl', 'needs lbex as a service [test/install/deb.test.ts]'],
  ['sysctl', 'changes the machine'],
  ['npm install -g', 'changes the machine [test/install/npm.test.ts]'],
  ['npm', 'works on the whole clone'],
  ['npx mocha', 'is a test itself'],
  ['.ci/run', 'runs all tests'],
  ['curl', 'asks what a test has not started'],
  ['git', 'works on the whole clone'],
  ['gh', 'needs GitHub'],
  ['cosign', 'needs a release'],
  ['scp', 'needs another host'],
  ['sha256sum', 'needs a release [test/install/reproducible.test.ts]'],
  ['lbex run', 'serves until it is stopped [test/commands/run.test.ts]'],
  ['lbex drain', 'ends an NGINX [test/component/cli/run/drain.test.ts]'],
  ['lbex doctor', 'tells of the host it is on [test/commands/doctor.test.ts]'],
  ['lbex support-bundle', 'tells of the host it is on [test/component/doctor/bundle/support-bundle.test.ts]'],
  ['lbex gce', 'needs Google Cloud [test/commands/gce.test.ts]'],
]
/** Flags of `lbex render` that read more than files. */
const NEEDS_CLUSTER = /^--(kubeconfig|context|proxy|gke-cluster)\b/

export type Verdict = {readonly runs: boolean; readonly why?: string}

export function verdictOn(command: CommandLine): Verdict {
  const parameters = argumentsOfLbex(command)
  const isOurs = parameters !== undefined && /^(npx|(.*\/)?lbex)$/.test(command.words[0] ?? '')
  const text = (isOurs ? ['lbex', ...parameters] : command.words).join(' ')
  const why = WHY_NOT.find(([begins]) => `${text} `.startsWith(`${begins} `))?.[1]
  if (why !== undefined) return {runs: false, why}
  if (isOurs && parameters.some((word) => NEEDS_CLUSTER.test(word)))
    return {runs: false, why: 'needs a cluster [test/commands/render-cluster.test.ts]'}
  return {runs: (isOurs || HARMLESS.has(command.words[0] ?? '')) && staysInFolder(command)}
}

function staysInFolder({words, files}: CommandLine): boolean {
  return [...words, ...files].every((word) => !/(^|=)(\/|\.\.)/.test(word) || word === '/dev/null')
}

export const REASONS: readonly string[] = WHY_NOT.map(([, why]) => why)

/** The file that is to prove what is not run, where the reason names one that is not there. */
export function missingProof(why: string): string | undefined {
  const proofs = [...why.matchAll(/\[([^\]]*)\]/g)].map(([, path = '']) => path)
  return proofs.find((path) => !existsSync(join(root, path)))
}

const {scripts} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** What is wrong with a line, as far as can be seen without running it. */
export async function troubleWith(command: CommandLine): Promise<string | undefined> {
  const parameters = argumentsOfLbex(command)
  const variable = unknownVariable(command)
  if (variable) return `no flag of lbex is set by ${variable}`
  return (
    (parameters && (await lbexTrouble(parameters))) ?? scriptTrouble(command.words) ?? pathTrouble(command)
  )
}

/** `npm run NAME` and `npm test` are scripts of package.json. */
export function scriptTrouble([npm, verb, ...rest]: readonly string[]): string | undefined {
  if (npm !== 'npm') return undefined
  const name =
    verb === 'run' ? rest.find((word) => !word.startsWith('-')) : verb === 'test' ? 'test' : undefined
  return name === undefined || name in scripts ? undefined : `package.json has no script ${name}`
}

/** Words that begin with a folder of the project are paths in it. */
const OURS =
  /^(\.\/)?(\.ci|bench|bin|deploy|docs|examples|gce|integrations|packaging|schemas|scripts|src|templates|test)\//

export function pathTrouble({words}: Pick<CommandLine, 'words'>): string | undefined {
  const missing = words
    .filter((word, index) => OURS.test(word) && !isKindOfKubectl(words, index))
    .map((word) => word.replace(/^\.\//, ''))
    .find((path) => !existsSync(join(root, path)) && globSync([path], {cwd: root}).length === 0)
  return missing === undefined ? undefined : `there is no ${missing}`
}

/** `kubectl exec deploy/lbex` names a Deployment; after -f and -k stand paths. */
function isKindOfKubectl(words: readonly string[], index: number): boolean {
  return words.includes('kubectl') && !/^-[fk]$/.test(words[index - 1] ?? '')
}
