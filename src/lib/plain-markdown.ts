// A line of Markdown as text: without its emphasis, marks of code, HTML, and the addresses of links. It may be cut off anywhere.

export const plainMarkdown = (line: string): string =>
  line
    .replace(/<!--.*?(?:-->|$)/gs, "")
    .replace(/<\/?[a-z][a-z0-9]*(?:\s[^<>]*)?>/gi, "")
    .replace(/!?\[([^[\]]*)\]\([^()\s]*(?:\)|…?$)/g, "$1")
    .replace(/(^|\s)(?:#{1,6}|>)(?=\s)/g, "$1")
    .replace(/\*\*|`+/g, "");
