/** The formats of `lbex check`, by their names in --format. */
import type {Medium} from '../../diagnostics/escape.js'
import {checkGithub} from './check-github.js'
import {checkJson} from './check-json.js'
import {checkJunit} from './check-junit.js'
import {checkMarkdown} from './check-markdown.js'
import type {CheckResult} from './check-result.js'
import {checkSarif} from './check-sarif.js'
import {checkText} from './check-text.js'

export const CHECK_FORMATS = {
  text: checkText,
  json: checkJson,
  sarif: checkSarif,
  junit: checkJunit,
  github: checkGithub,
  markdown: checkMarkdown,
} as const satisfies Record<string, (result: CheckResult) => string>

/** How the output of each format is escaped. */
export const CHECK_MEDIA = {
  text: 'text',
  json: 'json',
  sarif: 'json',
  junit: 'text',
  github: 'commands',
  markdown: 'text',
} as const satisfies Record<keyof typeof CHECK_FORMATS, Medium>
