/** What `npm run package` has made, which these tests install. */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {root} from '../commands/lbex.js'

export const artifacts = join(root, 'artifacts')

/** The path of the artifact whose name ends so. */
export function artifact(ending: string): string {
  const name = existsSync(artifacts) && readdirSync(artifacts).find((each) => each.endsWith(ending))
  if (!name) throw new Error(`there is no *${ending} in artifacts/: run npm run package`)
  return join(artifacts, name)
}

export function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {version: string}).version
}
