/** The formats of `lbex check`, by the name that --format takes. */
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
