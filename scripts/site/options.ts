/** The command line of npm run docs:site. Pure. */
import {parseArgs} from 'node:util'

export type SiteOptions = {
  /** Path of the pages on their host, with a slash at both ends. */
  readonly base: string
  /** Folder of the whole site; with a version in `base`, the pages go into the folder of that version. */
  readonly out: string | undefined
  /** Branch or tag to which links to files of the repository lead. */
  readonly ref: string
  readonly serve: boolean
}

export const USAGE = `npm run docs:site -- [--base /v2.0/] [--out DIR] [--ref TAG] [--serve]

  --base   path of the pages on their host (default: /)
  --out    folder of the site (default: .cache/site); if the base ends in a version such as v2.0, the pages
           go into DIR/v2.0, and DIR/versions.json lists it beside the versions that are there
  --ref    branch or tag to which links to files of the repository lead (default: main)
  --serve  serve the pages on 127.0.0.1 when they are built
`

/** Throws with a message for the operator if an option is not valid. */
export function optionsOf(parameters: readonly string[]): SiteOptions {
  const {values} = parseArgs({
    args: [...parameters],
    options: {
      base: {type: 'string', default: '/'},
      out: {type: 'string'},
      ref: {type: 'string', default: 'main'},
      serve: {type: 'boolean', default: false},
    },
  })
  if (!/^\/([\w.-]+\/)*$/.test(values.base))
    throw new Error(`--base ${values.base}: write a path with a slash at both ends, such as /v2.0/`)
  return {...values, out: values.out}
}
