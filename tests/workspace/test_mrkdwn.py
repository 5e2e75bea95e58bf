"""mrkdwn becomes safe HTML, whatever it holds."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workspace.page.mrkdwn import from_markdown, to_html, to_plain

NAMES = {"@U1": "Amira <Shah>", "#C1": "wp-ne"}
TAGS = {"strong", "em", "del", "code", "pre", "a", "span", "br", "blockquote"}


def names(reference: str) -> str:
    return NAMES.get(reference, "")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ('R&D "x"', "R&amp;D &quot;x&quot;"),
        ("*bold* _it_ ~gone~ `a*b*c`", "<strong>bold</strong> <em>it</em> <del>gone</del> <code>a*b*c</code>"),
        ("*unclosed and 2*3*4 = 24", "*unclosed and 2*3*4 = 24"),
        ("snake_case_name", "snake_case_name"),
        ("_*both*_", "<em><strong>both</strong></em>"),
        ("a\nb", "a<br>b"),
        ("&gt; quoted\n> more\nafter", "<blockquote>quoted<br>more</blockquote>after"),
        ("```\nx < y\n```", "<pre><code>x &lt; y</code></pre>"),
        ("<@U1>", '<span class="mention">@Amira &lt;Shah&gt;</span>'),
        ("<#C1|x>", '<span class="mention">#wp-ne</span>'),
        ("<!here>", '<span class="mention">@here</span>'),
        ("<!date^1795339200^{date} {time}|x>", "22 November 2026 9:20am"),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
        (":warning: :nosuch:", "⚠️ :nosuch:"),
        ("\u202eright to left\u202c *b*", "\u202eright to left\u202c <strong>b</strong>"),
    ],
)
def test_to_html(source: str, html: str) -> None:
    assert to_html(source, names) == html


def test_links() -> None:
    assert '<a href="https://a.example/?x=1&amp;y=2" ' in to_html("<https://a.example/?x=1&amp;y=2|see>", names)
    assert ">https://a.example/x</a>." in to_html("at https://a.example/x.", names)
    assert to_plain("<https://a.example|see> <mailto:a@b.example>", names) == "see a@b.example"


def test_plain_text_is_not_formatted() -> None:
    assert to_html("*x* <b>", names, formatted=False) == "*x* &lt;b&gt;"


def test_plain_words() -> None:
    assert to_plain("*Bold* & <@U1>\n&lt;next&gt;", names) == "Bold & @Amira <Shah>\n<next>"


def test_markdown() -> None:
    assert from_markdown("# Title\n- *one* **two** [x](https://a.example)") == (
        "*Title*\n• _one_ *two* <https://a.example|x>"
    )


@pytest.mark.parametrize(
    ("markdown", "mrkdwn"),
    [
        ("`**x**` and ```\n- *y*\n```", "`**x**` and ```\n- *y*\n```"),
        ("```python\nx = 1\n```", "```\nx = 1\n```"),
        ("- [ ] ask\n- [x] done", "☐ ask\n☑ done"),
        ("![A chart](https://a.example/x.png)", "<https://a.example/x.png|A chart>"),
        ("above\n\n---\nbelow", "above\n\n⸻\nbelow"),
        ("|a|b|\n|--|:-:|\n|1|*2*|\nafter", "```\n|a|b|\n|1|*2*|\n```\nafter"),
    ],
)
def test_markdown_that_mrkdwn_cannot_say(markdown: str, mrkdwn: str) -> None:
    assert from_markdown(markdown) == mrkdwn


def test_long_text_is_quick() -> None:
    assert len(to_html("*_~`<" * 800, names)) >= 4000


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@given(st.text(alphabet=st.sampled_from(list("<>&*_~`|@#!:/\"'\\ \n\x00ab019^{}javscript.h\u202e")), max_size=120))
@example("<|>")
@example("https://a`b`c <!date^99999999999^{date}|then>")
@example("https://a<https://b|c>")
def test_only_our_own_tags_come_out(source: str) -> None:
    parser = _Tags()
    parser.feed(str(to_html(source, names)))
    for tag, attributes in parser.found:
        assert tag in TAGS
        assert set(attributes) <= {"href", "target", "rel", "class"}
        assert (attributes.get("href") or "https:").split(":")[0] in ("https", "http", "mailto")
