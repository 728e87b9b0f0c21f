/** `--default-SETTING`: settings for all Services of a host that do not set them. They come from the table of annotations. */
import {Flags} from '@oclif/core'
import {formOf, type AnnotationEntry} from '../../core/intent/annotation-entry.js'
import {ANNOTATION_ENTRIES} from '../../core/intent/annotations.js'
import {UsageError} from '../usage-error.js'

const WITH_FLAG = ANNOTATION_ENTRIES.filter(({hasFlag}) => hasFlag)

type DefaultFlags = Record<never, never>

/** A flag for each of these settings. Commands do not use their values one by one, so the type does not name them. */
export function settingFlags(): DefaultFlags {
  return Object.fromEntries(WITH_FLAG.map((entry) => [flagOf(entry), settingFlag(entry)]))
}

/** By key of the annotation: the values of the flags that are given. */
export function defaultSettings(flags: object): Readonly<Record<string, string>> {
  const given = new Map(Object.entries(flags) as [string, unknown][])
  return Object.fromEntries(
    WITH_FLAG.flatMap((entry): [string, string][] => {
      const value = given.get(flagOf(entry))
      return typeof value === 'string' ? [[entry.key, value]] : []
    }),
  )
}

function flagOf({key}: AnnotationEntry): string {
  return `default-${key.slice(key.indexOf('/') + 1)}`
}

function settingFlag(entry: AnnotationEntry) {
  const {fallback, protocol} = entry
  return Flags.custom<string>({
    ...(fallback !== undefined && {defaultHelp: async () => fallback}),
    description: `Default of ${entry.key} for the${protocol === undefined ? '' : ` ${protocol}`} ports of all Services that do not set it: ${formOf(entry)}.`,
    helpGroup: 'defaults of Services',
    helpValue: 'VALUE',
    parse: async (text) => {
      // Not for lbex --help: it needs the parsers of addresses.
      const {isValidSetting} = await import('../../core/intent/setting-values.js')
      if (isValidSetting(entry, text)) return text
      throw new UsageError(`must be ${formOf(entry)}, this is ${JSON.stringify(text)}`)
    },
  })()
}
