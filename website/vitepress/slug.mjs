// Anchors of headings, as GitHub makes them: a link with an anchor leads to the same place on GitHub and on the site.

/**
 * The anchor of a heading, without the number that the second of two equal headings gets.
 * @param {string} heading its text without marks, such as `What it costs`
 * @returns {string} such as `what-it-costs`
 */
export function slugOf(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
}
