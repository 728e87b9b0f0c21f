/** The files that `lbex ha` makes, as values. */
import {readFile} from 'node:fs/promises'
import {parseTemplate} from '../dataplane/nginx/config/template.js'

export type HaFile = {
  /** Name in the folder of the program, without the folder. */
  readonly name: string
  readonly text: string
  /** Permissions: 0640 if the file contains a secret. */
  readonly mode: number
}

/** Permissions of a file with a secret. */
export const SECRET_MODE = 0o640

/** `templates`: the folder templates/ha of the package. */
export async function fromTemplate(
  templates: string,
  {name, mode = 0o644}: {readonly name: string; readonly mode?: number},
  scope: object,
): Promise<HaFile> {
  const text = await readFile(`${templates}/${name}.liquid`, 'utf8')
  return {name, text: parseTemplate(`${name}.liquid`, text)(scope), mode}
}
