# SPDX-License-Identifier: GPL-2.0-or-later
# report_html.py PAGE REPORT.json - the page is balanced, stands alone, can be read
# without seeing it, and has the figures of the document; says what does not hold
import html.parser
import json
import re
import sys

VOID = {'meta', 'br', 'line', 'rect'}
page, report = open(sys.argv[1], encoding='utf-8').read(), json.load(open(sys.argv[2], encoding='utf-8'))
wrong = []


def holds(what, is_so):
    if not is_so:
        wrong.append(what)


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.cells, self.headings = [], [], [], [], []
        self.table = ''

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [attrs['id']] if 'id' in attrs else []
        self.links += [attrs['href']] if 'href' in attrs else []
        holds(f'<{tag}> refers to nothing outside: {attrs}', not {'src', 'srcset', 'data', 'action'} & set(attrs)
              and attrs.get('href', '#').startswith('#') and not any(k.startswith('on') for k in attrs))
        holds(f'<{tag}> is none that loads or runs', tag not in
              ('script', 'link', 'iframe', 'img', 'object', 'embed', 'form', 'base'))
        holds('the keyboard goes as the page reads', 'tabindex' not in attrs)
        if tag == 'table':
            self.table = attrs.get('class', '')
            holds('a table begins with its caption', self.get_starttag_text() and
                  page.split(self.get_starttag_text())[1].startswith('<caption>'))
        if tag == 'th':
            holds('a heading of a table has a scope', attrs.get('scope') in ('row', 'col', 'rowgroup'))
        if tag in ('th', 'td'):
            self.cells.append([self.table, tag, attrs.get('class', ''), attrs.get('scope', ''), ''])
        if tag in ('h1', 'h2', 'h3'):
            self.headings.append([int(tag[1]), ''])

    def handle_startendtag(self, tag, attrs):
        holds(f'<{tag}/> is void', tag in VOID)
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        holds(f'</{tag}> ends what was open: {self.open[-1:]}', self.open[-1:] == [tag])
        self.open = self.open[:-1]

    def handle_data(self, data):
        if {'td', 'th'} & set(self.open) and self.open[-1] != 'title':
            self.cells[-1][4] += data
        if self.open and self.open[-1] in ('h1', 'h2', 'h3'):
            self.headings[-1][1] += data


def shown(text):
    return re.sub('[\x00-\x1f\x7f-\x9f]', '?', text)


def ranges(numbers):
    out = []
    for n in numbers:
        if out and n == out[-1][1] + 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return ', '.join(f'{a}\u2013{b}' if b > a else f'{a}' for a, b in out) or 'none'


p = Page()
p.feed(page)
p.close()
for cell in p.cells:
    cell[4] = cell[4].strip()
holds('everything is closed', p.open == [])
holds('an id is there once', len(p.ids) == len(set(p.ids)))
holds('every link has its place', all(link[1:] in p.ids for link in p.links))
holds('no address of anything', not re.search(r'https?:|url\(|@import|\bsrc=|//', re.sub(r'<(td|th|dd)[^>]*>.*', '', page)))
holds('headings: one of the first level, then the second',
      [level for level, _ in p.headings] == [1, 2, 2, 2, 2])
holds('exceptions come first', [t.split(':')[0] for _, t in p.headings[1:]] ==
      ['Exceptions', 'Timeline', 'By clause', 'Take-outs'])
holds('how many exceptions', p.headings[1][1] == f"Exceptions: {len(report['exceptions'])}")
holds('how many take-outs', p.headings[4][1] == f"Take-outs: {len(report['takeouts'])}")

told = [c for c in p.cells if c[0] == 'exceptions' and c[1] == 'td']
holds('each exception, in order', [c[4] for c in told[0::2]] == [
    shown(e['sentence']) + (f"take-out {e['takeout']}" if e['takeout'] else '') for e in report['exceptions']])
holds('with its records', [c[4] for c in told[1::2]] == [ranges(e['records']) for e in report['exceptions']])
done = [d for c in report['clauses'] for d in c['done']]
cells = [c for c in p.cells if c[0] == 'clauses' and c[1] == 'td' and c[2] != 'note']
holds('each deed, in order', [c[4] for c in cells[0::3]] == [d['what'] for d in done])
holds('how often', [c[4] for c in cells[1::3]] == [str(d['count']) for d in done])
holds('and its records', [c[4] for c in cells[2::3]] == [ranges(d['records']) for d in done])
holds('each clause', [c[4] for c in p.cells if c[0] == 'clauses' and c[3] == 'rowgroup'] ==
      [f"{c['clause']} {c['obliges']}" for c in report['clauses']])
trips = [c[4] for c in p.cells if c[0] == 'stack' and c[3] != 'col']
holds('each take-out', trips == [text for t in report['takeouts'] for text in (
    t['takeout'] + t['volume'], t['holder'], *((t[k] or '-')[:10] for k in ('out', 'due', 'keys_destroyed')),
    ranges([t['first'], *range(t['first'] + 1, t['last'] + 1)]))])
holds('who had something out', sorted(c[4] for c in p.cells if c[0] == 'timeline' and c[3] == 'row') ==
      sorted({t['holder'] for t in report['takeouts'] if t['out']}))
print('\n'.join(wrong))
sys.exit(bool(wrong))
