/** `render --diff`: what would change, in a folder or in what NGINX serves. */
import {contentHash} from '../../core/model/content-hash.js'
import {Failure} from '../../diagnostics/failure.js'
import {diffText, type PlainFile} from '../../report/diff-text.js'
import {withDiagnostics, type RenderResult} from '../../report/render-report.js'
import type {Report} from '../../report/report.js'

/** `against` is a folder, or `live` for what NGINX serves from `directory`. Rejects with a Failure where there is neither. */
export async function compare(
  {generation, diagnostics}: RenderResult,
  against: string,
  directory: string,
  colour: boolean,
): Promise<Report> {
  const before =
    against === 'live'
      ? withRemarksOf(generation.files, await liveFiles(directory))
      : await folderFiles(against)
  const difference = diffText(before, generation.files, colour)
  const report = withDiagnostics(difference, diagnostics, difference === '' ? ['no differences'] : [])
  return {...report, ...(colour && {colour})}
}

async function folderFiles(folder: string): Promise<PlainFile[]> {
  const {readOutputFolder} = await import('./output-folder.js')
  return readOutputFolder(folder)
}

async function liveFiles(directory: string): Promise<readonly PlainFile[]> {
  const {readLiveGeneration} = await import('../../dataplane/nginx/store/tree-reader.js')
  const live = await readLiveGeneration(directory)
  if (live) return live.files
  throw new Failure(`nothing is served from ${directory}`, {
    code: 'no-live-generation',
    hint: 'lbex run has not applied anything there; --nginx-dir names another folder',
  })
}

/** A remark that has changed is no reason for a reload, so in what is served it is no difference. */
function withRemarksOf(wanted: readonly PlainFile[], live: readonly PlainFile[]): readonly PlainFile[] {
  const texts = new Map(wanted.map(({path, text}) => [path, text]))
  return live.map((file) => {
    const text = texts.get(file.path) ?? file.text
    return contentHash(text) === contentHash(file.text) ? {...file, text} : file
  })
}
