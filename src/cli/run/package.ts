/** Files of the lbex package, wherever it is installed. */
import {existsSync, readFileSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Templates} from '../../dataplane/nginx/config/render-options.js'

/** `script`: text of templates/live.js. */
export type TemplateFiles = Templates & {readonly script: string}

/** The texts of templates/. */
export async function readTemplates(): Promise<TemplateFiles> {
  const folder = join(packageRoot(), 'templates')
  const [main = '', service = '', script = ''] = await Promise.all(
    ['nginx.conf.liquid', 'service.conf.liquid', 'live.js'].map((name) =>
      readFile(join(folder, name), 'utf8'),
    ),
  )
  return {main, service, script}
}

/** The templates of `lbex ha`. */
export function templatesFolder(): string {
  return join(packageRoot(), 'templates/ha')
}

/** The text of templates/ui.html. */
export function readUiTemplate(): Promise<string> {
  return readFile(join(packageRoot(), 'templates/ui.html'), 'utf8')
}

/** The text of gce/cloud-init.yaml. */
export function readStartUp(): Promise<string> {
  return readFile(join(packageRoot(), 'gce/cloud-init.yaml'), 'utf8')
}

/** The version in package.json. */
export function packageVersion(): string {
  const {version} = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {version: string}
  return version
}

/** False until the project has an owner: until then anyone could publish an npm package with its name. */
export function isPublished(): boolean {
  const {homepage} = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    homepage: string
  }
  return !homepage.includes('/OWNER/')
}

/** The nearest folder above this module with a package.json: it is the same for the sources and the bundle. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}
