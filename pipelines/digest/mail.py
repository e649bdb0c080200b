"""A summary as a mail: a full text part, HTML beside it, its charts inside. Who sends it adds from, to and date."""

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP

from pipelines.digest.charts import charts_of
from pipelines.digest.html import to_html
from pipelines.digest.layout import page_of
from pipelines.digest.markdown import to_text
from pipelines.digest.model import Digest
from pipelines.digest.words import Lang


def mail_of(digest: Digest, lang: Lang, offices: Mapping[str, str], version: int | None = None) -> EmailMessage:
    """Make the mail of a summary.

    Args:
        digest: of a day, in the scope of whoever gets it.
        lang: language.
        offices: names of education offices by code, in that language.
        version: of a released summary.

    Returns:
        ``multipart/alternative`` with subject and content, without addresses, date and message id.
    """
    page = page_of(digest, lang, offices, version)
    charts = charts_of(digest, lang)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"[Haechi] {page.title} · {page.scope}"
    message["Content-Language"] = lang
    message.set_content(to_text(page), charset="utf-8", cte="base64")
    names = {chart.name: f"{chart.name}.{digest.day}@haechi" for chart in charts}
    html = to_html(page, charts, {name: f"cid:{name_there}" for name, name_there in names.items()})
    message.add_alternative(html, subtype="html", charset="utf-8", cte="base64")
    for part in message.iter_parts():
        if isinstance(part, EmailMessage) and part.get_content_type() == "text/html":
            for chart in charts:
                part.add_related(
                    chart.png,
                    "image",
                    "png",
                    cid=f"<{names[chart.name]}>",
                    filename=f"{chart.name}.png",
                    disposition="inline",
                )
    return message
