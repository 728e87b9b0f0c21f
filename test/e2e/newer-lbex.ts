/** A later version of lbex, as far as NGINX can tell: another number, and templates that say something else. */
import {appendFile, copyFile, cp, readFile, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {root} from '../commands/lbex.js'

export const NEWER_VERSION = '99.0.0'

/** Puts it into a new folder inside of `folder`, and returns the path of that. */
export async function makeNewerLbex(folder: string): Promise<string> {
  const program = join(folder, 'newer-lbex')
  for (const name of ['bin', 'dist', 'templates'])
    await cp(join(root, name), join(program, name), {recursive: true})
  await copyFile(join(root, 'oclif.manifest.json'), join(program, 'oclif.manifest.json'))
  await symlink(join(root, 'node_modules'), join(program, 'node_modules'))
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  await writeFile(join(program, 'package.json'), JSON.stringify({...manifest, version: NEWER_VERSION}))
  for (const name of ['nginx', 'service'])
    await appendFile(join(program, `templates/${name}.conf.liquid`), `# made by ${NEWER_VERSION}\n`)
  return program
}
