/** The packages that are in the bundle, whole or in part: their licences must be listed, and users may want to know which they are. */
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

export type BundledPackage = {
  readonly name: string
  readonly version: string
  readonly license: string
  /** As package-lock.json has it: `sha512-…` of what the registry serves. */
  readonly integrity?: string
  readonly licenseText: string
}

type Metafile = {
  readonly outputs: Record<string, {readonly inputs: Record<string, {readonly bytesInOutput: number}>}>
}
type Lock = {readonly packages: Record<string, {version?: string; license?: string; integrity?: string}>}

/** By name and version, each once. `root` is the clone, where scripts/build.mjs has run. */
export function bundledPackages(root: string): BundledPackage[] {
  const {packages} = readJson<Lock>(join(root, 'package-lock.json'))
  const found = bundledFolders(readJson<Metafile>(join(root, '.cache/bundle.json'))).map((folder) => {
    const {version, license, integrity} = packages[folder] ?? {}
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
    if (version === undefined || license === undefined)
      throw new Error(`package-lock.json does not know version and licence of ${folder}`)
    const licenseText = licenseTextIn(join(root, folder))
    return {name, version, license, licenseText, ...(integrity !== undefined && {integrity})}
  })
  const byId = new Map(found.map((each) => [`${each.name}@${each.version}`, each]))
  return [...byId.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
}

/** `node_modules/a/node_modules/@b/c` of every file of which something is in the bundle. */
function bundledFolders({outputs}: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs))
  const files = inputs.filter(([, {bytesInOutput}]) => bytesInOutput > 0).map(([file]) => file)
  const folders = files.map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1])
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort()
}

function licenseTextIn(folder: string): string {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
  if (names.length === 0) return 'The package comes without the text of its licence.'
  return names.map((name) => readFileSync(join(folder, name), 'utf8').trim()).join('\n\n')
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T
}
