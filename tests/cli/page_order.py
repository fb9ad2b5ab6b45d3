# SPDX-License-Identifier: GPL-2.0-or-later
# page_order.py PAGE.html WIDTH - in a headless Chromium, WIDTH pixels wide: the keyboard goes
# through the page as it is read, a screen reader is told all of it in that order, and it is seen
# in that order; says what does not hold. It speaks the browser's DevTools protocol over a pipe.
import json
import os
import pathlib
import subprocess
import sys
import tempfile

page, width = pathlib.Path(sys.argv[1]).resolve().as_uri(), int(sys.argv[2])
wrong = []


def holds(what, is_so):
    if not is_so:
        wrong.append(what)


class Browser:
    def __init__(self, profile):
        to_browser, self.out = os.pipe()
        self.inp, from_browser = os.pipe()
        # the browser reads its descriptor 3 and writes its descriptor 4
        self.process = subprocess.Popen(
            ['bash', '-c', 'exec "$@" 3<&"$IN" 4>&"$OUT"', 'browser', 'chromium', '--headless', '--no-sandbox',
             '--disable-gpu', '--remote-debugging-pipe', f'--user-data-dir={profile}', 'about:blank'],
            env=dict(os.environ, IN=str(to_browser), OUT=str(from_browser)),
            pass_fds=(to_browser, from_browser), stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.session, self.id, self.rest, self.events = None, 0, b'', []

    def read(self):
        while b'\0' not in self.rest:
            got = os.read(self.inp, 1 << 16)
            if not got:
                sys.exit('the browser ended')
            self.rest += got
        text, self.rest = self.rest.split(b'\0', 1)
        return json.loads(text)

    def call(self, method, **params):
        self.id += 1
        message = {'id': self.id, 'method': method, 'params': params}
        if self.session:
            message['sessionId'] = self.session
        os.write(self.out, json.dumps(message).encode() + b'\0')
        while True:
            answer = self.read()
            if answer.get('id') == self.id:
                if 'error' in answer:
                    sys.exit(f'{method}: {answer["error"]}')
                return answer['result']
            self.events.append(answer.get('method'))

    def wait(self, event):
        while event not in self.events:
            self.events.append(self.read().get('method'))

    def eval(self, expression):
        result = self.call('Runtime.evaluate', expression=expression, returnByValue=True)
        if 'exceptionDetails' in result:
            sys.exit(f'{expression}: {result["exceptionDetails"]}')
        return result['result'].get('value')

    def press(self, key, code):
        for kind in ('rawKeyDown', 'char', 'keyUp') if key == 'Enter' else ('rawKeyDown', 'keyUp'):
            self.call('Input.dispatchKeyEvent', type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                      nativeVirtualKeyCode=code, **({'text': '\r'} if kind == 'char' else {}))


# Where the focus is: its place among all elements, what it is called, whether it can be seen and is marked.
FOCUS = '''(() => {
	const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
	return e === document.body ? null : {
		place: [...document.querySelectorAll('*')].indexOf(e), tag: e.tagName, href: e.getAttribute('href'),
		name: (e.getAttribute('aria-label') || e.textContent).trim(),
		seen: r.width > 1 && r.height > 1 && r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth,
		marked: s.outlineStyle !== 'none' && s.outlineWidth !== '0px', in_main: !!e.closest('main'),
	};
})()'''
# What a reader of the page comes to, with where it is seen.
BLOCKS = '''[...document.querySelectorAll('h1, h2, h3, dt, dd, li, p, caption, tr')].map((e) => {
	const r = e.getBoundingClientRect();
	return { tag: e.tagName, text: e.textContent.trim().slice(0, 40), top: r.top, height: r.height };
}).filter((b) => b.height > 1)'''
LINKS = "[...document.querySelectorAll('a[href]')].map((e) => e.getAttribute('href'))"
TEXT = '''(() => {
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), all = [];
	while (walk.nextNode())
		if (!walk.currentNode.parentElement.closest('svg, script, style'))
			all.push(walk.currentNode.data);
	return all.join('');
})()'''


def check_keyboard(browser):
    stops = []
    while len(stops) < 500:
        browser.press('Tab', 9)
        stop = browser.eval(FOCUS)
        if not stop:
            break
        stops.append(stop)
    holds(f'the keyboard leaves the page at its end, after {len(stops)} stops', 0 < len(stops) < 500)
    holds(f'it stops at each link, in their order: {[s["href"] for s in stops if s["tag"] == "A"]}',
          [s['href'] for s in stops if s['tag'] == 'A'] == browser.eval(LINKS))
    holds('it goes forward only', [s['place'] for s in stops] == sorted(s['place'] for s in stops))
    holds('first comes the way over the head', stops and stops[0]['href'] == '#main')
    for stop in stops:
        holds(f'a stop has a name, can be seen, and is marked: {stop}', stop['name'] and stop['seen'] and stop['marked'])
    return stops


def check_over_the_head(browser):
    browser.call('Page.navigate', url=page + '?again')
    browser.events.clear()
    browser.wait('Page.loadEventFired')
    browser.press('Tab', 9)
    browser.press('Enter', 13)
    holds('Enter there leads to what it names', browser.eval('location.hash') == '#main')
    browser.press('Tab', 9)
    after = browser.eval(FOCUS)
    # where nothing in the main part takes the focus, it begins again with the first link
    holds(f'and what comes next is not in the head: {after}', not after or after['in_main'] or after['href'] == '#main')


def check_reader(browser):
    nodes = browser.call('Accessibility.getFullAXTree')['nodes']
    by_id = {n['nodeId']: n for n in nodes}
    told = []  # (role, name, level), as they are told

    def walk(node, in_image):
        role = node.get('role', {}).get('value', '')
        name = node.get('name', {}).get('value', '').strip()
        level = next((p['value']['value'] for p in node.get('properties', []) if p['name'] == 'level'), 0)
        if not node.get('ignored'):
            told.append((role, name, level, in_image))
        for child in node.get('childIds', []):
            if child in by_id:
                walk(by_id[child], in_image or role in ('image', 'img', 'SvgRoot', 'graphics-document'))

    walk(nodes[0], False)
    marks = [role for role, *_ in told if role in ('banner', 'navigation', 'main', 'contentinfo')]
    holds(f'the parts of the page are told, in this order: {marks}',
          marks == ['banner', 'navigation', 'main', 'contentinfo'])
    levels = [level for role, _, level, _ in told if role == 'heading']
    holds(f'headings go down a step at a time: {levels}',
          levels and levels[0] == 1 and levels.count(1) == 1 and
          all(b <= a + 1 for a, b in zip(levels, levels[1:])))
    for role, name, _, _ in told:
        if role in ('table', 'image', 'img', 'region', 'navigation', 'heading', 'link', 'columnheader', 'rowheader'):
            holds(f'a {role} has a name', name)
    holds('tables are told as tables', sum(role == 'table' for role, *_ in told) ==
          browser.eval("document.querySelectorAll('table').length"))

    def squeeze(text):
        return ''.join(text.split())
    heard = squeeze(''.join(name for role, name, _, in_image in told if role == 'StaticText' and not in_image))
    text = squeeze(browser.eval(TEXT))
    at = 0  # a style may add its labels, and takes nothing away
    for letter in heard:
        at += at < len(text) and letter == text[at]
    holds(f'all of the text is told, as it stands: not from {text[at:at + 40]!r} on', at == len(text))
    if width >= 600:
        holds(f'and nothing else: {len(heard)} letters, not {len(text)}', len(heard) == len(text))


def check_sight(browser):
    blocks = browser.eval(BLOCKS)
    for a, b in zip(blocks, blocks[1:]):
        holds(f'{b["tag"]} {b["text"]!r} is seen above {a["tag"]} {a["text"]!r}, and told after it', b['top'] >= a['top'] - 1)


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
    browser = Browser(profile)
    try:
        target = next(t for t in browser.call('Target.getTargets')['targetInfos'] if t['type'] == 'page')
        browser.session = browser.call('Target.attachToTarget', targetId=target['targetId'], flatten=True)['sessionId']
        for domain in ('Page', 'Accessibility', 'Runtime'):
            browser.call(f'{domain}.enable')
        browser.call('Emulation.setDeviceMetricsOverride', width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
        browser.events.clear()
        browser.call('Page.navigate', url=page)
        browser.wait('Page.loadEventFired')
        check_sight(browser)
        check_reader(browser)
        check_keyboard(browser)
        check_over_the_head(browser)
    finally:
        browser.process.kill()
        browser.process.wait()
for what in wrong:
    print(what)
sys.exit(bool(wrong))
