/** Writes a value as YAML. */
import {stringify} from 'yaml'

/** `value`: a JSON value. Long texts stay on one line, so that they can be searched. */
export function yamlText(value: unknown): string {
  return stringify(value, {lineWidth: 0, aliasDuplicateObjects: false})
}
